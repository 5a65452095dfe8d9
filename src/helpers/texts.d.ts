// Helpers are bundled as text, in the language after the question mark (`esbuild-plugin.mjs`).
declare module "*.ts?typescript" {
  const text: string;
  export default text;
}

declare module "*.ts?javascript" {
  const text: string;
  export default text;
}
