// The example Worker of a helper, with the JavaScript that a project gets in place of the helper's source.

import { createRequire } from "node:module";
import path from "node:path";
import { bundle, root } from "./bundle.mjs";

/** The script of `test/helpers/<name>.usage.ts`, over `src/helpers/<name>.ts`. */
export async function exampleWorker(name) {
  const { cacheHelper, telemetryHelper } = await bundle("src/helpers/index.ts");
  const contents = { cache: cacheHelper, telemetry: telemetryHelper }[name].javascript;
  const helper = { name: "helper", setup: (build) => build.onLoad({ filter: /src\/helpers\/[a-z]+\.ts$/ }, () => ({ contents, loader: "js" })) };
  const { build } = createRequire(path.join(root, "package.json"))("esbuild");
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints: [`test/helpers/${name}.usage.ts`], bundle: true, write: false, format: "esm", target: "esnext", plugins: [helper] });
  return outputFiles[0].text;
}
