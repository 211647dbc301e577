import { idForm } from "./resources.ts";
import { outcomeOf } from "./url-map-routing.ts";
import type { Outcome } from "./url-map-routing.ts";
import { blocks, count, text } from "./value.ts";
import type { Body } from "./value.ts";

/** Runs every test of a URL map against the map, as the API does before it accepts one. */
export function failedTest(urlMap: Body): string | undefined {
  return blocks(urlMap, "test")
    .map((test, index) => failureOf(urlMap, test, index))
    .find((each) => each !== undefined);
}

function failureOf(urlMap: Body, test: Body, index: number): string | undefined {
  const request = {
    host: text(test, "host") ?? "",
    path: text(test, "path") ?? "/",
    headers: blocks(test, "headers").map((each) => ({
      name: (text(each, "name") ?? "").toLowerCase(),
      value: text(each, "value") ?? "",
    })),
  };
  const difference = differenceOf(test, outcomeOf(urlMap, request));
  return difference === undefined
    ? undefined
    : `URL map test failure: tests[${index}] for ${request.host}${request.path}: ${difference}`;
}

function differenceOf(test: Body, outcome: Outcome): string | undefined {
  const service = text(test, "service");
  const code = count(test, "expected_redirect_response_code");
  const url = text(test, "expected_output_url");
  if (service !== undefined && !outcome.services.map(idForm).includes(idForm(service))) {
    return `expected service '${idForm(service)}', actual ${described(outcome)}`;
  }
  if (code !== undefined && outcome.redirectCode !== code) {
    return `expected redirect ${code}, actual ${described(outcome)}`;
  }
  // With an expected service the scheme of the expected URL does not count.
  const [expected, actual] = service === undefined ? [url, outcome.url] : [bare(url), bare(outcome.url)];
  if (url === undefined || expected === actual) return undefined;
  return `expected output URL '${url}', actual '${outcome.url}'`;
}

const bare = (url: string | undefined): string | undefined => url?.replace(/^https?:\/\//, "");

const described = ({ services, redirectCode }: Outcome): string =>
  redirectCode === undefined ? `service '${services.map(idForm).join("' or '")}'` : `redirect ${redirectCode}`;
