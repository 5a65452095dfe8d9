// `textDocument/signatureHelp`: what the argument of a function is for, or which column a value of an INSERT fills.

import { MarkupKind, type SignatureHelp, type SignatureHelpParams } from "vscode-languageserver/node";
import { askText } from "../asked-text";
import type { Session } from "../server";

export const signatureTriggers = ["(", ","];

export function signatureHelp(session: Session, asked: SignatureHelpParams): Promise<SignatureHelp | null> {
  return askText<SignatureHelp | null>(session, asked, null, async ({ analysis, place }) => {
    const found = await analysis.ask("signature", place);
    if (!found) return null;
    const { label, parameters, active, words } = found;
    const documentation = words === "" ? {} : { documentation: { kind: MarkupKind.Markdown, value: words } };
    return { signatures: [{ label, parameters: parameters.map(([start, end]) => ({ label: [start, end] })), activeParameter: active, ...documentation }], activeSignature: 0, activeParameter: active };
  });
}
