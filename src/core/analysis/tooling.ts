// Paths of code that runs by hand, in tests or once, where a loop of queries is nobody's problem.

const FOLDERS = /(^|\/)(scripts?|tools?|tooling|bin|seeds?|seeders?|fixtures?|migrations?|migrate|tests?|__tests__|spec|e2e|benchmarks?|examples?|playground|cli)\//i;
const FILES = /(\.(test|spec|bench|e2e|stories)\.[cm]?[jt]sx?|(^|\/)(seed|migrate|migration|setup-db|init-db|reset-db|populate)[\w.-]*\.[cm]?[jt]sx?)$/i;
/** Pages and route folders are served, whatever they are called. */
const SERVED = /(^|\/)(functions|routes|pages|api|handlers|controllers|endpoints)\//i;

export function isTooling(path: string): boolean {
  return /\.(test|spec|bench|e2e|stories)\.[cm]?[jt]sx?$/i.test(path) || (!SERVED.test(path) && (FOLDERS.test(path) || FILES.test(path)));
}
