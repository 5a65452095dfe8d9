// The functions that D1 lets a statement call, with how they are called and what they give, after SQLite's documents:
// https://sqlite.org/lang_corefunc.html, lang_datefunc.html, lang_aggfunc.html, windowfunctions.html, lang_mathfunc.html,
// json1.html and fts5.html. A test holds the list to `allowedFunctions` and the arguments to SQLite's own.

export interface SqlFunction {
  readonly name: string;
  /** `?` after a parameter: it may be left out; `...`: any number more. */
  readonly parameters: readonly string[];
  readonly kind: "scalar" | "aggregate" | "window" | "date" | "math" | "json" | "search";
  /** One sentence without a full stop. */
  readonly words: string;
}

const lists: Readonly<Record<SqlFunction["kind"], string>> = {
  scalar: `
abs(X): The absolute value; NULL for NULL, 0.0 for text that is no number
changes(): Rows that the last INSERT, UPDATE or DELETE changed
char(X...): The text of the characters with these code points
coalesce(X, Y, ...): The first argument that is not NULL
concat(X, ...): All arguments as one text; NULL counts as empty
concat_ws(separator, X, ...): The arguments that are not NULL as one text, with the separator between them
format(format, ...): A text by a format like C's printf
glob(pattern, text): 1 where the text matches the pattern, with case; the same as text GLOB pattern
hex(X): The bytes as hexadecimal text
ifnull(X, Y): X, or Y where X is NULL
iif(condition, X, Y?, ...): X where the condition is true, else Y, or NULL without one
instr(text, part): Where the part first stands in the text, from 1; 0 where it does not
last_insert_rowid(): The rowid of the last row inserted; D1 also gives it as meta.last_row_id
length(X): Characters of a text, or bytes of a BLOB
like(pattern, text, escape?): 1 where the text matches the pattern, without case for ASCII; the same as text LIKE pattern
likelihood(X, probability): X itself; tells the planner how often it is true
likely(X): X itself; tells the planner that it is mostly true
lower(X): The text with its ASCII letters in lower case
ltrim(X, characters?): X without blanks, or these characters, at its beginning
nullif(X, Y): X, or NULL where both are equal
octet_length(X): Bytes of the text as it is stored
printf(format, ...): A text by a format like C's printf; another name of format
quote(X): X as an SQL literal
random(): A random integer of 64 bits
randomblob(N): N random bytes
replace(X, from, to): X with every occurrence of one text replaced
round(X, digits?): X rounded to so many digits after the point, 0 without a number
rtrim(X, characters?): X without blanks, or these characters, at its end
sign(X): -1, 0 or 1 by the sign of a number
substr(X, start, length?): A part of a text, from 1; a negative start counts from the end
substring(X, start, length?): The same as substr
total_changes(): Rows changed since the connection was opened
trim(X, characters?): X without blanks, or these characters, at both ends
typeof(X): 'null', 'integer', 'real', 'text' or 'blob'
unhex(X, ignored?): The bytes that hexadecimal text stands for; NULL where it is none
unicode(X): The code point of the first character
unlikely(X): X itself; tells the planner that it is seldom true
upper(X): The text with its ASCII letters in upper case
zeroblob(N): N bytes of zero`,
  date: `
date(time?, modifier...): The day as YYYY-MM-DD; now, in UTC, without arguments
time(time?, modifier...): The time of day as HH:MM:SS
datetime(time?, modifier...): Day and time as YYYY-MM-DD HH:MM:SS
julianday(time?, modifier...): Days since noon of 24 November 4714 BC, with a fraction
unixepoch(time?, modifier...): Seconds since 1970
strftime(format, time?, modifier...): The time in a format: %Y %m %d %H %M %S %s %j %w
timediff(A, B): What to add to B to get A, as (+|-)YYYY-MM-DD HH:MM:SS.SSS`,
  aggregate: `
avg(X): The mean of all values that are not NULL, as a REAL; NULL of none
count(X?): Rows where X is not NULL; count(*) counts all rows
group_concat(X, separator?): The values as one text, with commas or the separator between them
string_agg(X, separator): The values as one text with the separator between them
max(X, ...): The greatest value of the group; with several arguments the greatest of them
min(X, ...): The least value of the group; with several arguments the least of them
sum(X): The sum; NULL of no rows
total(X): The sum as a REAL; 0.0 of no rows`,
  window: `
row_number(): The number of the row in its partition, from 1
rank(): The rank of the row, with gaps after equal rows
dense_rank(): The rank of the row, without gaps
percent_rank(): (rank - 1) / (rows - 1), from 0.0 to 1.0
cume_dist(): The share of rows up to this one and its equals
ntile(N): The number of the row's part where the partition is cut into N even parts
lag(X, offset?, default?): X of the row before, or so many rows before
lead(X, offset?, default?): X of the row after, or so many rows after
first_value(X): X of the first row of the frame
last_value(X): X of the last row of the frame
nth_value(X, N): X of the Nth row of the frame`,
  math: `
acos(X): The arccosine, in radians
acosh(X): The hyperbolic arccosine
asin(X): The arcsine, in radians
asinh(X): The hyperbolic arcsine
atan(X): The arctangent, in radians
atan2(Y, X): The angle of the point (X, Y), in radians
atanh(X): The hyperbolic arctangent
ceil(X): The least whole number that is not below X
cos(X): The cosine of radians
cosh(X): The hyperbolic cosine
degrees(X): Radians as degrees
exp(X): e to the power of X
floor(X): The greatest whole number that is not above X
ln(X): The natural logarithm
log(B, X?): The logarithm to base 10; of X to base B with two arguments
log2(X): The logarithm to base 2
mod(X, Y): The remainder of a division, also of numbers that are not whole
pi(): π
pow(X, Y): X to the power of Y
radians(X): Degrees as radians
sin(X): The sine of radians
sinh(X): The hyperbolic sine
sqrt(X): The square root; NULL of a negative number
tan(X): The tangent of radians
tanh(X): The hyperbolic tangent
trunc(X): X without its fraction, toward zero`,
  json: `
json(X): JSON text, checked and without needless blanks
jsonb(X): JSON in SQLite's binary form
json_array(X...): A JSON array of the arguments
jsonb_array(X...): The same as json_array, in binary form
json_array_length(json, path?): Elements of the array; 0 where it is none
json_extract(json, path, ...): The value at a path, as SQL; a JSON array of the values with several paths
jsonb_extract(json, path, ...): The same as json_extract, with objects and arrays in binary form
json_insert(json, path, value, ...): The JSON with values put where nothing was
jsonb_insert(json, path, value, ...): The same as json_insert, in binary form
json_object(key, value, ...): A JSON object
jsonb_object(key, value, ...): The same as json_object, in binary form
json_patch(json, patch): The JSON with a merge patch applied (RFC 7396)
jsonb_patch(json, patch): The same as json_patch, in binary form
json_remove(json, path...): The JSON without what is at the paths
jsonb_remove(json, path...): The same as json_remove, in binary form
json_replace(json, path, value, ...): The JSON with values put where something was
jsonb_replace(json, path, value, ...): The same as json_replace, in binary form
json_set(json, path, value, ...): The JSON with values put, whether something was there or not
jsonb_set(json, path, value, ...): The same as json_set, in binary form
json_type(json, path?): 'null', 'true', 'false', 'integer', 'real', 'text', 'array' or 'object'
json_valid(X, flags?): 1 where X is well-formed JSON
json_quote(X): An SQL value as JSON
json_group_array(X): A JSON array of all values of the group
jsonb_group_array(X): The same as json_group_array, in binary form
json_group_object(key, value): A JSON object of all pairs of the group
jsonb_group_object(key, value): The same as json_group_object, in binary form
json_each(json, path?): A table with a row for each element of an array or object
json_tree(json, path?): A table with a row for each element, at every depth`,
  search: `
match(pattern, text): What the MATCH operator calls
highlight(table, column, before, after): The column of an FTS5 table with what was found between two texts
bm25(table, weight...): How well the row of an FTS5 table matches; less is better
snippet(table, column, before, after, ellipsis, tokens): A part of the column of an FTS5 table around what was found`,
};

export const sqlFunctions: ReadonlyMap<string, SqlFunction> = new Map(
  Object.entries(lists).flatMap(([kind, list]) =>
    [...list.matchAll(/^(\w+)\((.*?)\): (.+)$/gm)].map(([, name, parameters, words]): readonly [string, SqlFunction] => [
      name!,
      { name: name!, parameters: parameters === "" ? [] : parameters!.split(", "), kind: kind as SqlFunction["kind"], words: words! },
    ]),
  ),
);

/** Allowed by name, and nothing that a statement would call: they fail, are not compiled in, or are SQLite's own tools. */
export const neverCalled: ReadonlySet<string> = new Set("load_extension soundex -> ->> current_date current_time current_timestamp rtreecheck sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column sqlite_rename_quotefix".split(" "));

/** `substr(X, start, [length])`, with where each parameter stands in it. */
export function signatureOf({ name, parameters }: SqlFunction): { readonly label: string; readonly spans: readonly (readonly [start: number, end: number])[] } {
  const spans: (readonly [number, number])[] = [];
  let label = `${name}(`;
  for (const [at, parameter] of parameters.entries()) {
    if (at > 0) label += ", ";
    const shown = parameter.endsWith("?") ? `[${parameter.slice(0, -1)}]` : parameter.replace(/(?<=\w)\.\.\.$/, ", ...");
    spans.push([label.length, label.length + shown.length]);
    label += shown;
  }
  return { label: `${label})`, spans };
}

/** The parameter that an argument fills, both from 0; the last one of those that repeat. */
export function parameterOf({ parameters }: SqlFunction, argument: number): number {
  return Math.min(argument, Math.max(0, parameters.length - 1));
}
