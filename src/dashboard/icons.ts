// The icons, drawn in the colour of the text around them. A webview does not have the editor's icon font.

import type { Severity } from "../protocol/report";
import { Html, html } from "./html";
import { severityName } from "./words";

const shapes: Readonly<Record<Severity | "refresh" | "database" | "check" | "search" | "unknown" | "pulse" | "export", string>> = {
  error: '<circle cx="8" cy="8" r="6.5"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/>',
  warning: '<path d="M8 1.8 15 14.2H1z"/><path d="M8 6.2v4m0 1.2v1.2"/>',
  info: '<circle cx="8" cy="8" r="6.5"/><path d="M8 7v4.5M8 4.3v1.3"/>',
  hint: '<path d="M5.6 10.6a4.5 4.5 0 1 1 4.8 0v1.6H5.6zM6 14.4h4"/>',
  unknown: '<circle cx="8" cy="8" r="6.5" stroke-dasharray="2 2"/><path d="M6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.3M8 11.2v.4"/>',
  pulse: '<path d="M1 8.5h3L6 3l3.5 10L12 8.5h3"/>',
  export: '<path d="M8 1.8v8M5 6.9l3 3 3-3M2.5 10.5v3.2h11v-3.2"/>',
  refresh: '<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.6 1.6v3.2h-3.2"/>',
  database: '<ellipse cx="8" cy="3.8" rx="5.5" ry="2.3"/><path d="M2.5 3.8v8.4c0 1.3 2.5 2.3 5.5 2.3s5.5-1 5.5-2.3V3.8M2.5 8c0 1.3 2.5 2.3 5.5 2.3s5.5-1 5.5-2.3"/>',
  check: '<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.2 2.2L11 6"/>',
  search: '<circle cx="6.8" cy="6.8" r="4.6"/><path d="m10.2 10.2 4.2 4.2"/>',
};

/** An icon beside words that say the same. */
export function icon(name: keyof typeof shapes): Html {
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" aria-hidden="true">${new Html(shapes[name])}</svg>`;
}

/** An icon that stands alone. */
export function severityIcon(severity: Severity): Html {
  return html`<span class="severity" role="img" aria-label="${severityName(severity)}">${icon(severity)}</span>`;
}
