import { describe, expect, it } from "vitest";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import type { TracedHeader } from "../../../probes/facts/trace.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { graphOfFiles } from "../../support/terraform-folder.ts";

/** An edge whose URL map removes, and whose backend writes, what an expression says. */
async function headersOf({ removes = "[]", writes = "[]", replace = "true" }): Promise<(name: string) => TracedHeader> {
  const graph = await graphOfFiles(`
variable "open" {}
resource "google_compute_backend_service" "api" {
  name                   = "api"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ${writes}
}
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.api.id
  header_action {
    request_headers_to_remove = ${removes}
    request_headers_to_add {
      header_name  = "X-Set"
      header_value = "set"
      replace      = ${replace}
    }
  }
}`);
  const request = edgeRequest("http", [
    ["X-Here", "c"],
    ["X-Other", "o"],
    ["X-Set", "c"],
  ]);
  const { headers } = traceRequest(buildEdgeModel(graph), request);
  const absent = (name: string): TracedHeader => ({ name, state: "absent", sent: [], arrives: [], by: [] });
  return (name) => headers.find((each) => each.name === name) ?? absent(name);
}

describe("a list that hangs on a condition", () => {
  it("removes what stands in both, and leaves open what stands in one", async () => {
    const header = await headersOf({ removes: 'var.open ? ["X-Here", "X-Away"] : ["x-here", "X-Other"]' });
    expect(header("x-here").state).toBe("removed");
    expect(header("x-other")).toMatchObject({ state: "unknown", arrives: [null] });
    expect(header("x-away").state).toBe("absent");
    expect(header("host").state).toBe("same");
  });

  it.each(["var.open ? null : []", "var.open ? [] : null"])("removes nothing by %s", async (removes) => {
    const header = await headersOf({ removes });
    expect(header("x-here").state).toBe("same");
  });

  it("leaves all headers open where a value cannot be read", async () => {
    const header = await headersOf({ removes: "var.open ? [var.open] : []" });
    expect(header("x-here").state).toBe("unknown");
  });

  it("writes what stands in both, and leaves open the header that stands in one", async () => {
    const header = await headersOf({ writes: 'var.open ? ["X-New: 1"] : ["X-New: 1", "X-Here: 2"]' });
    expect(header("x-new")).toMatchObject({ state: "added", arrives: ["1"] });
    expect(header("x-here").state).toBe("unknown");
    expect(header("x-other").state).toBe("same");
  });

  it("leaves a header open that is written with an unknown replace, and no other", async () => {
    const header = await headersOf({ replace: "var.open" });
    expect(header("x-set").state).toBe("unknown");
    expect(header("x-other").state).toBe("same");
  });
});
