/** What the extension's own `package.json` says, which is where the settings are declared. */

import { SECTION } from "./settings";

/** `package.json` as far as the extension reads it. */
export interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: readonly ConfigurationSection[] };
}

interface ConfigurationSection {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Settings of this section are the extension's own business. */
const CLIENT = "client";

/** Return the keys of the settings that the server knows, without the prefix. */
export function serverKeys(manifest: Manifest): string[] {
  return manifest.contributes.configuration
    .filter((section) => section.id !== CLIENT)
    .flatMap((section) => Object.keys(section.properties))
    .map((key) => key.slice(SECTION.length + 1));
}
