// What package.json names is there, and in what is shipped.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { read } from "../support/house";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string; readonly media: { readonly image: Readonly<Record<string, string>> }; readonly completionEvents: readonly string[] }[] }[];
  };
}

describe("the manifest", () => {
  const { contributes } = JSON.parse(read("package.json")) as Manifest;
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const commands = new Set(contributes.commands.map(({ command }) => command));

  it("shows pictures that there are", () => {
    const pictures = steps.flatMap(({ media }) => Object.values(media.image));
    assert.deepEqual(pictures.filter((file) => !existsSync(file)), []);
  });

  it("offers commands that there are", () => {
    const offered = [
      ...steps.flatMap(({ description }) => [...description.matchAll(/\(command:(plumbline\.\w+)\)/g)].map((match) => match[1]!)),
      ...Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? [])),
    ];
    assert.deepEqual(offered.filter((command) => command.startsWith("plumbline.") && !commands.has(command)), []);
  });
});
