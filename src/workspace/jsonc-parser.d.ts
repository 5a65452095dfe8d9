// The package's CommonJS build cannot be bundled, since it requires its parts by names made at run time; its ES
// modules can, but come without types of their own.
declare module "jsonc-parser/lib/esm/main.js" {
  export * from "jsonc-parser";
}
