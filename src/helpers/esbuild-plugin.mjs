// An esbuild plugin for src/helpers, whose files are written into users' projects: `import text from "./x.ts?typescript"`
// is the file's own text, `./x.ts?javascript` the same without its types, comments and blank lines kept.
import { readFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";

export const helpersAsText = {
  name: "helpers-as-text",
  setup(build) {
    build.onResolve({ filter: /\.ts\?(typescript|javascript)$/ }, ({ path: name, resolveDir }) => ({ path: path.resolve(resolveDir, name), namespace: "helpers-as-text" }));
    build.onLoad({ filter: /./, namespace: "helpers-as-text" }, async ({ path: name }) => {
      const [file, language] = name.split("?");
      const text = await readFile(file, "utf8");
      return { contents: language === "javascript" ? asJavaScript(text) : text, loader: "text", watchFiles: [file] };
    });
  },
};

/** Takes the types away. What TypeScript does to the layout is undone: it drops blank lines and indents by four. */
export function asJavaScript(text) {
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, removeComments: false, verbatimModuleSyntax: true };
  const marked = text.replace(/^$/gm, "//blank");
  const { outputText } = ts.transpileModule(marked, { compilerOptions: options });
  return outputText
    .replace(/^ +/gm, (indent) => (indent.length % 4 === 0 ? " ".repeat(indent.length / 2) : indent))
    .replace(/^[^\S\n]*\/\/blank$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd() + "\n";
}
