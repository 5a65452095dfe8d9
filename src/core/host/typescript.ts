// TypeScript's parser, by one import for the whole room: each import of the package itself would have the bundle copy
// all of its two thousand names when it starts.

import ts from "typescript";

export { ts };
