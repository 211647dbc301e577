import { describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import { edgesIn } from "./properties/reference-system.ts";
import { renderUrlMap } from "./render-url-map.ts";

describe.each(["staging", "production"] as const)("the URL map of %s", (environment) => {
  it("reads as it was agreed", async () => {
    const terraform = referenceTerraform(environment);
    const text = edgesIn(environment)
      .map((edge) => renderUrlMap(terraform, edge))
      .join("\n\n");
    await expect(text).toMatchFileSnapshot(`snapshots/url-map.${environment}.txt`);
  });
});
