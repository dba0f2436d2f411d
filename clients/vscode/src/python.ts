/** Python interpreters that may make the private environment. */

import * as path from "node:path";
import { executableName, type Surroundings } from "./resolution";

/** What is known of the interpreters on this machine. */
export type PythonSurroundings = Pick<
  Surroundings,
  "isTrusted" | "searchPath" | "platform" | "interpreter" | "isExecutable"
>;

const NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];

/** Return the interpreters to try: those on `PATH` by version, the best first, then the active one. */
export async function interpretersToTry(surroundings: PythonSurroundings): Promise<string[]> {
  const active = surroundings.isTrusted ? await surroundings.interpreter() : undefined;
  const candidates = [...onSearchPath(surroundings), ...(active === undefined ? [] : [active])];
  const checked = await Promise.all(candidates.map((file) => surroundings.isExecutable(file)));
  return [...new Set(candidates.filter((_, index) => checked[index]))];
}

function onSearchPath({ searchPath, platform }: PythonSurroundings): string[] {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const folders = searchPath.split(paths.delimiter).filter((folder) => paths.isAbsolute(folder));
  return NAMES.flatMap((name) => folders.map((folder) => paths.join(folder, executableName(name, platform))));
}
