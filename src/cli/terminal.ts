// The streams of the process as outputs: a text is whole before the next, and a reader that went away (`| head`) ends
// the writing quietly.

import type { Output } from "./context";

export function outputOf(stream: NodeJS.WriteStream): Output {
  let gone = false;
  // Without a listener the error of a closed pipe would end the process.
  stream.on("error", () => {
    gone = true;
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (gone || text === "") resolve();
        else stream.write(text, () => resolve());
      }),
  };
}
