/** Programs that the extension runs, and how they are run. */

import { type ChildProcess, spawn } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import * as path from "node:path";

/** What may stop a program. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

/** What a program left behind. */
export interface Outcome {
  /** Exit code, or null if a signal ended the program. */
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Program to run. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Variables that would put code of others into a Python that we start. */
const FOREIGN_VARIABLES = ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE"];

/** Return the environment of a Python program: that of the editor without what leads Python astray. */
export function pythonEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !FOREIGN_VARIABLES.includes(name.toUpperCase()));
  return { ...Object.fromEntries(kept), PYTHONSAFEPATH: "1", PYTHONUTF8: "1" };
}

/** Start a program that talks through its standard streams, and wait until it runs. */
export async function start(program: Program): Promise<ChildProcess> {
  const child = launch(program);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return child;
}

/** Run a program to its end, or until it is cancelled; `onLine` hears what it prints. */
export async function run(
  program: Program,
  onLine: (line: string) => void = () => undefined,
  cancellation?: Cancellation,
): Promise<Outcome> {
  const child = await start(program);
  child.stdin?.end();
  const ending = ended(child);
  const stopping = cancellation?.onCancellationRequested(() => child.kill());
  try {
    const output = await printed(child, onLine);
    return { code: await ending, output };
  } finally {
    stopping?.dispose();
  }
}

/** Tell whether a file exists and may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return path.isAbsolute(file) && (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The working directory is the program's own folder, so that nothing of a workspace is found there. */
function launch(program: Program): ChildProcess {
  return spawn(program.command, [...program.args], {
    cwd: path.dirname(program.command),
    env: pythonEnvironment(),
    windowsHide: true,
    shell: false,
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}

async function printed(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  const chunks: string[] = [];
  const lines = new Lines(onLine);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      chunks.push(chunk);
      lines.add(chunk);
    });
  }
  await new Promise((resolve) => child.once("close", resolve));
  lines.end();
  return chunks.join("");
}

/** Text that arrives in pieces, cut into lines. */
class Lines {
  private rest = "";

  constructor(private readonly onLine: (line: string) => void) {}

  add(chunk: string): void {
    const parts = (this.rest + chunk).split(/\r?\n/);
    this.rest = parts.pop() ?? "";
    parts.forEach(this.onLine);
  }

  end(): void {
    if (this.rest !== "") {
      this.onLine(this.rest);
    }
  }
}
