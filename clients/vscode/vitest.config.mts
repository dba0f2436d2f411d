import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const standIn = (name: string): string => fileURLToPath(new URL(`test/${name}.ts`, import.meta.url));

export default defineConfig({
  // No package is called "vscode": the editor provides it at run time.
  resolve: { alias: { "vscode-languageclient/node": standIn("languageclient"), vscode: standIn("vscode") } },
  test: { include: ["test/**/*.test.ts"] },
});
