// How a picture is moved and zoomed in its frame, as numbers. Pure.

import type { Sight } from "./diagram-choice";

const leastScale = 0.05;
const mostScale = 3;
/** A small picture is not blown up to fill the frame. */
const MOST_FITTED = 1.2;
const STEP = 1.25;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels at the lower edge of the frame that buttons and legend cover. */
const COVERED = 40;

/** All of a picture in the middle of what is free of the frame. */
export function fitted(picture: Size, frame: Size): Sight {
  const scale = clamped(Math.min(MOST_FITTED, frame.width / Math.max(1, picture.width), (frame.height - COVERED) / Math.max(1, picture.height)));
  return { x: picture.width / 2, y: picture.height / 2 + COVERED / 2 / scale, scale };
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
