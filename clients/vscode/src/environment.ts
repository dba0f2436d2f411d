/** Private environment: a Python environment of the extension's own that holds nothing but the server. */

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { type Cancellation, type Outcome, type Program, run } from "./programs";
import { executableBeside } from "./resolution";

const OLDEST_PYTHON = [3, 11] as const;
const VERSION = "import sys; print('%d.%d' % sys.version_info[:2])";
const RECORD = "installed.txt";

/** What an installation tells while it runs, and what may stop it. */
export interface Installation {
  /** Absolute paths of Python interpreters to try, the best first. */
  readonly interpreters: readonly string[];
  readonly cancellation: Cancellation;
  /** Show which step is taken. */
  report(step: string): void;
  /** Write a line into the log. */
  log(line: string): void;
}

/** Installation that did not work out, with a reason for the user. */
export class InstallationError extends Error {}

/** Installation that the user stopped. */
export class CancelledError extends Error {}

/** Python environment below the extension's storage, made on request only. */
export class PrivateEnvironment {
  private readonly folder: string;

  /**
   * `storage` is the folder of the extension in the user's profile, `bundled` the folder of the extension that holds
   * the wheel of the server.
   */
  constructor(
    storage: string,
    private readonly bundled: string,
    private readonly platform: NodeJS.Platform = process.platform,
  ) {
    this.folder = path.join(storage, "environment");
  }

  /** The server's executable, whether it exists or not. */
  get server(): string {
    return executableBeside(this.python, "fastidious", this.platform);
  }

  /** Tell whether the environment was made from another wheel than the extension brings now. */
  async isOutdated(): Promise<boolean> {
    const installed = await readFile(path.join(this.folder, RECORD), "utf8").catch(() => undefined);
    const wheel = await this.wheel();
    return installed !== undefined && wheel !== undefined && installed !== path.basename(wheel);
  }

  /** Make the environment anew and install the server that the extension brings. */
  async install(installation: Installation): Promise<void> {
    const wheel = await this.wheel();
    if (wheel === undefined) {
      throw new InstallationError("This build of the extension brings no server. Set fastidious.path instead.");
    }
    const python = await this.suitablePython(installation);
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(path.dirname(this.folder), { recursive: true });
    installation.report("Creating an environment");
    await step(installation, { command: python, args: ["-Im", "venv", this.folder] });
    installation.report("Installing the server and what it needs");
    await step(installation, { command: this.python, args: pipInstall(wheel) });
    await writeFile(path.join(this.folder, RECORD), path.basename(wheel));
  }

  private get python(): string {
    return this.platform === "win32"
      ? path.win32.join(this.folder, "Scripts", "python.exe")
      : path.posix.join(this.folder, "bin", "python");
  }

  private async wheel(): Promise<string | undefined> {
    const files = await readdir(this.bundled).catch(() => []);
    const name = files.find((file) => file.endsWith(".whl"));
    return name === undefined ? undefined : path.join(this.bundled, name);
  }

  private async suitablePython(installation: Installation): Promise<string> {
    installation.report("Looking for Python");
    for (const interpreter of installation.interpreters) {
      const outcome = await run({ command: interpreter, args: ["-Ic", VERSION] }).catch(() => undefined);
      if (outcome?.code === 0 && isNewEnough(outcome.output)) {
        installation.log(`Python ${outcome.output.trim()} at ${interpreter}`);
        return interpreter;
      }
    }
    throw new InstallationError(
      `Fastidious needs Python ${OLDEST_PYTHON.join(".")} or newer and found none. ` +
        "Install one, or set fastidious.interpreter to it.",
    );
  }
}

/** Tell whether a version, written as `3.12`, can run the server. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.trim().split(".").map(Number);
  return major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]);
}

/** The user's own pip configuration stays in force, for it may name the index that a company wants. */
function pipInstall(wheel: string): string[] {
  return ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", wheel];
}

async function step(installation: Installation, program: Program): Promise<void> {
  installation.log(`> ${[program.command, ...program.args].join(" ")}`);
  const outcome = await run(program, (line) => installation.log(line), installation.cancellation);
  if (installation.cancellation.isCancellationRequested) {
    throw new CancelledError();
  }
  if (outcome.code !== 0) {
    throw new InstallationError(`${lastWords(outcome)} (the log has all of it)`);
  }
}

function lastWords(outcome: Outcome): string {
  const lines = outcome.output.split(/\r?\n/).filter((line) => line.trim() !== "");
  const complaint = lines.filter((line) => line.startsWith("ERROR")).at(-1) ?? lines.at(-1);
  return complaint ?? `the program ended with exit code ${outcome.code}`;
}
