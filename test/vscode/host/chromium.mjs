// A headless Chromium: the machine's own where there is one, else the one inside the npm package @sparticuz/chromium.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as playwright } from "playwright-core";
import { cache, installOnce } from "./install-once.mjs";
import { run } from "./processes.mjs";

/** Launches the browser; the caller closes it. Its own files live in `.vscode-test/`. */
export async function launch() {
  const { executablePath, env, args = [] } = ownChromium() ?? (await packagedChromium());
  return playwright.launch({ executablePath, env: { ...process.env, ...env }, args: [...flags, ...args], headless: true, timeout: 60_000 });
}

const flags = [
  // Root may not use the sandbox; the only page it loads is our own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
];

function ownChromium() {
  const chosen = process.env.CHROME_PATH;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROME_PATH names no file: ${chosen}`);
  const executablePath = [
    chosen,
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ].find((file) => file && existsSync(file));
  return executablePath && { executablePath, env: {} };
}

async function packagedChromium() {
  const main = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(await readFile(path.join(main, "../../../package.json"), "utf8"));
  // The package unpacks into the folder for temporary files, and a copy there that a killed run left half would be taken
  // for whole; so it unpacks into ours. The variable makes it bring the system libraries that a bare machine lacks.
  const folder = await installOnce(`chromium-${version}`, async (target) => {
    console.log(`chromium ${version}: is unpacked once from its npm package`);
    const unpack = "import('@sparticuz/chromium').then((found) => found.default.executablePath())";
    await run(process.execPath, ["-e", unpack], { cwd: path.dirname(cache), env: { ...process.env, TMPDIR: target, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" } });
    await writeFile(path.join(target, "fonts", "fonts.conf"), fonts(target));
  });
  const executablePath = path.join(folder, "chromium");
  const { default: package_ } = await import("@sparticuz/chromium");
  const env = {
    ...((await starts(executablePath)) ? {} : { LD_LIBRARY_PATH: path.join(folder, "al2023", "lib") }),
    FONTCONFIG_FILE: path.join(folder, "fonts", "fonts.conf"),
  };
  return { executablePath, env, args: package_.args };
}

// A page is blank without any font: those of the system, and the package's for a machine that has none. The package's own
// configuration looks for them where it would have unpacked.
function fonts(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}

function starts(executablePath) {
  return run(executablePath, ["--no-sandbox", "--version"]).then(() => true, () => false);
}
