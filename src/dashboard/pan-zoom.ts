// How a picture is moved and zoomed in its frame, by pointer, wheel and numbers. Knows nothing of what is drawn.

import type { Sight } from "./diagram-choice";

export const leastScale = 0.05;
export const mostScale = 3;
/** A small picture is not blown up to fill the frame. */
const MOST_FITTED = 1.2;
const STEP = 1.25;
/** Pixels that a pointer moves before it drags. */
const SLACK = 4;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** All of a picture in the middle of the frame. */
export function fitted(picture: Size, frame: Size): Sight {
  const scale = clamped(Math.min(MOST_FITTED, frame.width / Math.max(1, picture.width), frame.height / Math.max(1, picture.height)));
  return { x: picture.width / 2, y: picture.height / 2, scale };
}

/** A point of the frame, from its middle, stays where it is. */
export function zoomed(sight: Sight, factor: number, at: { readonly x: number; readonly y: number } = { x: 0, y: 0 }): Sight {
  const scale = clamped(sight.scale * factor);
  return { x: sight.x + at.x / sight.scale - at.x / scale, y: sight.y + at.y / sight.scale - at.y / scale, scale };
}

/** By pixels of the frame. */
export function moved(sight: Sight, x: number, y: number): Sight {
  return { ...sight, x: sight.x - x / sight.scale, y: sight.y - y / sight.scale };
}

export function stepped(sight: Sight, way: "in" | "out"): Sight {
  return zoomed(sight, way === "in" ? STEP : 1 / STEP);
}

/** The SVG transform that shows it so. */
export function transformOf({ x, y, scale }: Sight, frame: Size): string {
  return `translate(${frame.width / 2 - x * scale} ${frame.height / 2 - y * scale}) scale(${scale})`;
}

function clamped(scale: number): number {
  return Math.min(mostScale, Math.max(leastScale, scale));
}

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
