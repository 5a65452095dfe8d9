// How a report is printed in the terminal.

import type { Colors } from "../colors";
import type { ShowPath } from "../paths";

export interface Style {
  readonly colors: Colors;
  readonly path: ShowPath;
  readonly width: number;
}
