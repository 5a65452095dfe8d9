// Moves and zooms what is in a frame by drags and the wheel. Knows nothing of what is drawn.

import type { Sight } from "./diagram-choice";
import { moved, zoomed } from "./pan-zoom";

/** Pixels that a pointer moves before it drags. */
const SLACK = 4;

/** Calls `move` as the user drags and turns the wheel over what `within` selects; `done` when a drag has ended. */
export function followPointer(root: HTMLElement, within: string, { sight, move, done }: { sight(): Sight | undefined; move(to: Sight): void; done(): void }): void {
  let from: { readonly x: number; readonly y: number; readonly sight: Sight } | undefined;
  let dragged = false;
  const frame = (target: EventTarget | null): Element | null => (target instanceof Element ? target.closest(within) : null);
  root.addEventListener("pointerdown", (event) => {
    const start = sight();
    dragged = false;
    if (event.button !== 0 || frame(event.target) === null || start === undefined) return;
    from = { x: event.clientX, y: event.clientY, sight: start };
  });
  root.addEventListener("pointermove", (event) => {
    if (from === undefined) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!dragged && Math.hypot(x, y) < SLACK) return;
    if (!dragged) frame(event.target)?.setPointerCapture(event.pointerId);
    dragged = true;
    root.classList.add("dragging");
    move(moved(from.sight, x, y));
  });
  const end = (): void => {
    from = undefined;
    root.classList.remove("dragging");
    if (dragged) done();
  };
  root.addEventListener("pointerup", end);
  root.addEventListener("pointercancel", end);
  // What ends a drag is no press.
  root.addEventListener("click", (event) => {
    if (dragged && frame(event.target) !== null) event.stopPropagation();
    dragged = false;
  }, { capture: true });
  root.addEventListener("wheel", (event) => {
    const shown = frame(event.target);
    const start = sight();
    if (shown === null || start === undefined) return;
    event.preventDefault();
    const { left, top, width, height } = shown.getBoundingClientRect();
    // A wheel turns by lines or by many pixels, two fingers by few.
    const turn = Math.max(-240, Math.min(240, event.deltaY * (event.deltaMode === 1 ? 30 : 1)));
    move(zoomed(start, Math.exp(-turn / (event.ctrlKey ? 120 : 400)), { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 }));
    done();
  }, { passive: false });
}
