// A view beside the code as plain data: what stands in it, before VS Code draws it. Knows nothing of the editor.

/** A line of a file; `folder` is a uri, `line` and `column` count from 1. */
export interface NodePlace {
  readonly folder: string;
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

export interface ViewNode {
  /** The same for the same thing after every review: what was unfolded stays so. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown; its parts come from `markdown.ts`, which escapes. */
  readonly tooltip?: string;
  /** Of VS Code's icons, and the theme's colour for it. */
  readonly icon: string;
  readonly color?: string;
  /** Words that menus ask for, separated by blanks. */
  readonly context?: string;
  /** Where a press leads. */
  readonly place?: NodePlace;
  /** What can be copied. */
  readonly name?: string;
  readonly sql?: string;
  /** The table of which there is a picture: the place of its database among those of the folder. */
  readonly table?: { readonly folder: string; readonly database: number; readonly name: string };
  /** Queries that use it. */
  readonly usedBy?: readonly NodePlace[];
  readonly children?: readonly ViewNode[];
  /** Unfolded at first. */
  readonly isOpen?: boolean;
}

/** What all words of `typed` lead to: nodes whose labels hold them, whole, and the way to them unfolded. */
export function filtered(nodes: readonly ViewNode[], typed: string): readonly ViewNode[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return words.length === 0 ? nodes : nodes.flatMap((node) => left(node, words));
}

function left(node: ViewNode, words: readonly string[]): readonly ViewNode[] {
  // Unfolded by another id: without the filter each is as it was.
  const id = `filtered:${node.id}`;
  const text = `${node.label} ${node.name ?? ""}`.toLowerCase();
  if (words.every((word) => text.includes(word))) return [{ ...node, id, ...(node.children === undefined ? {} : { children: node.children.map(renamed) }) }];
  const children = (node.children ?? []).flatMap((child) => left(child, words));
  return children.length === 0 ? [] : [{ ...node, id, children, isOpen: true }];
}

function renamed(node: ViewNode): ViewNode {
  return { ...node, id: `filtered:${node.id}`, ...(node.children === undefined ? {} : { children: node.children.map(renamed) }) };
}

/** A name or a text of the user's, to stand in a tooltip. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$@:]/g, "\\$&").replaceAll(/\s+/g, " ");
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** What is there, with dots between. */
export function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}
