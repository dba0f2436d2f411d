/** Which server runs: the first of several places that has one. */

import * as path from "node:path";

/** Where a server was found. */
export type Origin = "setting" | "interpreter" | "search path" | "private environment";

/** Command that starts a server, and where it was found. */
export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  readonly origin: Origin;
}

/** Reason why there is no server, for the user. */
export interface Missing {
  readonly reason: string;
}

/** What the search depends on. */
export interface Surroundings {
  /** Executables that the user set, the first that exists is taken. */
  readonly configured: readonly string[];
  /** Whether only the private environment counts besides what is configured. */
  readonly bundledOnly: boolean;
  /** Whether programs of the workspace may run. */
  readonly isTrusted: boolean;
  /** Folders that are open, as absolute paths. */
  readonly folders: readonly string[];
  /** Value of `PATH`. */
  readonly searchPath: string;
  /** Executable of the private environment, which may not exist. */
  readonly privateServer: string;
  readonly platform: NodeJS.Platform;
  /** Return the Python interpreter that is active for the workspace. */
  interpreter(): Promise<string | undefined>;
  /** Tell whether a file exists and may be run. */
  isExecutable(file: string): Promise<boolean>;
}

const ARGUMENTS = ["server"] as const;

/** Return the server to run, or why there is none. */
export async function resolveServer(surroundings: Surroundings): Promise<Server | Missing> {
  if (surroundings.configured.length > 0) {
    return configuredServer(surroundings);
  }
  if (!surroundings.bundledOnly) {
    const found = (await besideInterpreter(surroundings)) ?? (await onSearchPath(surroundings));
    if (found) {
      return found;
    }
  }
  if (await surroundings.isExecutable(surroundings.privateServer)) {
    return server(surroundings.privateServer, "private environment");
  }
  return { reason: nowhere(surroundings) };
}

/** Tell whether a server was found. */
export function isServer(found: Server | Missing): found is Server {
  return "command" in found;
}

/** Tell whether two servers are the same command. */
export function isSameServer(one: Server | undefined, other: Server | undefined): boolean {
  return one?.command === other?.command && one?.args.join("\0") === other?.args.join("\0");
}

/** Return where the executable called `name` lies beside a Python interpreter. */
export function executableBeside(interpreter: string, name: string, platform: NodeJS.Platform): string {
  const paths = pathsOf(platform);
  const folder = paths.dirname(interpreter);
  const isBare = platform === "win32" && paths.basename(folder).toLowerCase() !== "scripts";
  return paths.join(isBare ? paths.join(folder, "Scripts") : folder, executableName(name, platform));
}

/** Return the name of the file that runs `name`. */
export function executableName(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `${name}.exe` : name;
}

async function configuredServer(surroundings: Surroundings): Promise<Server | Missing> {
  for (const file of surroundings.configured) {
    if (await surroundings.isExecutable(file)) {
      return server(file, "setting");
    }
  }
  const files = surroundings.configured.map((file) => `\`${file}\``).join(", ");
  return { reason: `The setting fastidious.path names ${files}, which cannot be run.` };
}

async function besideInterpreter(surroundings: Surroundings): Promise<Server | undefined> {
  const interpreter = surroundings.isTrusted ? await surroundings.interpreter() : undefined;
  if (interpreter === undefined) {
    return undefined;
  }
  const file = executableBeside(interpreter, "fastidious", surroundings.platform);
  return (await surroundings.isExecutable(file)) ? server(file, "interpreter") : undefined;
}

async function onSearchPath(surroundings: Surroundings): Promise<Server | undefined> {
  const paths = pathsOf(surroundings.platform);
  for (const folder of surroundings.searchPath.split(paths.delimiter)) {
    const file = paths.join(folder, executableName("fastidious", surroundings.platform));
    if (mayRunFrom(folder, surroundings) && (await surroundings.isExecutable(file))) {
      return server(file, "search path");
    }
  }
  return undefined;
}

/** A relative folder of `PATH` would depend on where the editor was started. */
function mayRunFrom(folder: string, surroundings: Surroundings): boolean {
  const paths = pathsOf(surroundings.platform);
  if (!paths.isAbsolute(folder)) {
    return false;
  }
  return surroundings.isTrusted || !surroundings.folders.some((open) => isInside(folder, open, paths));
}

function isInside(file: string, folder: string, paths: path.PlatformPath): boolean {
  const relative = paths.relative(folder, file);
  return relative !== ".." && !relative.startsWith(`..${paths.sep}`) && !paths.isAbsolute(relative);
}

function nowhere(surroundings: Surroundings): string {
  if (surroundings.bundledOnly) {
    return "The private environment of the extension has no Fastidious server yet.";
  }
  const places = surroundings.isTrusted
    ? "the active Python environment, on PATH and in the extension's private environment"
    : "PATH and in the extension's private environment (the workspace is not trusted, so its own is not used)";
  return `No Fastidious server was found: looked in ${places}.`;
}

function server(command: string, origin: Origin): Server {
  return { command, args: ARGUMENTS, origin };
}

function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}
