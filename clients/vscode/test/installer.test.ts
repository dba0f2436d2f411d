import { beforeEach, expect, test, vi } from "vitest";
import { window } from "vscode";
import { CancelledError, type Installation, InstallationError } from "../src/environment";
import { installServer, type Surroundings } from "../src/installer";

let events: string[];
const log = { info: vi.fn(), error: vi.fn(), show: vi.fn() };

beforeEach(() => {
  events = [];
  vi.clearAllMocks();
  vi.mocked(window.withProgress).mockImplementation((_options, task) => {
    const report = ({ message }: { message?: string }): unknown => events.push(String(message));
    return task({ report }, {} as never);
  });
});

function surroundings(install: (installation: Installation) => Promise<void>): Surroundings {
  return {
    environment: { server: "/private/fastidious", install },
    log,
    interpreters: async () => ["/usr/bin/python3"],
    stop: async () => void events.push("stop"),
    restart: async () => void events.push("restart"),
  } as unknown as Surroundings;
}

test("the old server stops before its environment is replaced, and the new one starts", async () => {
  await installServer(surroundings(async ({ report }) => report("Installing")));
  expect(events).toEqual(["stop", "Installing", "restart"]);
});

test("a failure is shown with its reason, and the server is started again", async () => {
  vi.mocked(window.showErrorMessage).mockResolvedValue("Show Logs" as never);
  await installServer(surroundings(() => Promise.reject(new InstallationError("No Python"))));
  expect(window.showErrorMessage).toHaveBeenCalledWith("The server was not installed: No Python", "Show Logs");
  expect(log.show).toHaveBeenCalled();
  expect(events.at(-1)).toBe("restart");
});

test("who cancels is not told that it failed", async () => {
  await installServer(surroundings(() => Promise.reject(new CancelledError())));
  expect(window.showErrorMessage).not.toHaveBeenCalled();
  expect(events.at(-1)).toBe("restart");
});
