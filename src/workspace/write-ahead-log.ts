// Brings a SQLite file up to its write-ahead log, both as bytes: the frames up to the last valid commit are laid over the
// pages. The format: https://sqlite.org/fileformat2.html#the_write_ahead_log. It must not touch the disk.

/** What `mergeLog` needs of a log to know that it is still the same one. */
export const logHeaderBytes = 32;

const frameHeaderBytes = 24;
const fileFormatVersion = 3_007_000;

/**
 * The database as a reader that connects now would see it; its header says that it has no log. A log that is empty, of
 * another file, or broken from the start adds nothing. The result may be `database` itself, changed in place.
 */
export function mergeLog(database: Uint8Array, log: Uint8Array): Uint8Array {
  const committed = readLog(log);
  const merged = committed === undefined ? database : lay(committed, database, log);
  // Bytes 18 and 19 of a file say 2 where it is to be read with a log, which a copy does not have.
  if (merged.length > 19 && merged[18] === 2 && merged[19] === 2) merged[18] = merged[19] = 1;
  return merged;
}

interface Committed {
  readonly pageSize: number;
  /** Pages of the database after the last commit. */
  readonly pages: number;
  /** Where the newest version of each page stands in the log, by page number from 1. */
  readonly offsets: ReadonlyMap<number, number>;
}

function readLog(log: Uint8Array): Committed | undefined {
  if (log.length < logHeaderBytes + frameHeaderBytes) return undefined;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  const isPageSize = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  if ((magic & 0xfffffffe) >>> 0 !== 0x377f0682 || view.getUint32(4) !== fileFormatVersion || !isPageSize) return undefined;
  // The last bit of the magic number tells the byte order in which the checksums were made.
  const sum = new Checksum(view, (magic & 1) === 0);
  sum.add(0, 24);
  if (!sum.isAt(24)) return undefined;
  const salts = [view.getUint32(16), view.getUint32(20)];
  const offsets = new Map<number, number>();
  const pending = new Map<number, number>();
  let pages = 0;
  for (let at = logHeaderBytes; at + frameHeaderBytes + pageSize <= log.length; at += frameHeaderBytes + pageSize) {
    const page = view.getUint32(at);
    // Behind the last frame stand those of an earlier round, with other salts.
    if (page === 0 || view.getUint32(at + 8) !== salts[0] || view.getUint32(at + 12) !== salts[1]) break;
    sum.add(at, 8);
    sum.add(at + frameHeaderBytes, pageSize);
    if (!sum.isAt(at + 16)) break;
    pending.set(page, at + frameHeaderBytes);
    const committed = view.getUint32(at + 4);
    if (committed === 0) continue;
    for (const [number, offset] of pending) offsets.set(number, offset);
    pending.clear();
    pages = committed;
  }
  return pages === 0 ? undefined : { pageSize, pages, offsets };
}

function lay({ pageSize, pages, offsets }: Committed, database: Uint8Array, log: Uint8Array): Uint8Array {
  const size = pages * pageSize;
  let merged = database;
  if (database.length !== size) {
    merged = new Uint8Array(size);
    merged.set(database.subarray(0, size));
  }
  for (const [page, offset] of offsets) {
    if (page <= pages) merged.set(log.subarray(offset, offset + pageSize), (page - 1) * pageSize);
  }
  return merged;
}

/** Two sums over 32-bit words that run on from frame to frame. */
class Checksum {
  #first = 0;
  #second = 0;

  constructor(
    readonly view: DataView,
    readonly littleEndian: boolean,
  ) {}

  add(offset: number, bytes: number): void {
    let first = this.#first;
    let second = this.#second;
    for (let at = offset; at < offset + bytes; at += 8) {
      first = (first + this.view.getUint32(at, this.littleEndian) + second) >>> 0;
      second = (second + this.view.getUint32(at + 4, this.littleEndian) + first) >>> 0;
    }
    this.#first = first;
    this.#second = second;
  }

  /** Whether the sums so far are those that the log holds at this offset. */
  isAt(offset: number): boolean {
    return this.view.getUint32(offset) === this.#first && this.view.getUint32(offset + 4) === this.#second;
  }
}
