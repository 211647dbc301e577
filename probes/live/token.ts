import { ApiError } from "./api.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only";

/**
 * An access token: the one in `GOOGLE_OAUTH_ACCESS_TOKEN`, which Google's Terraform provider reads too, else by Application
 * Default Credentials.
 * @throws ApiError where there are none; it holds nothing of them.
 */
export async function accessToken(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const given = env["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given !== undefined && given !== "") {
    if (/^[\x21-\x7e]+$/.test(given)) return given;
    throw new ApiError("GOOGLE_OAUTH_ACCESS_TOKEN holds a blank, a line end or another character that no token has");
  }
  const { GoogleAuth } = await import("google-auth-library");
  const token = await new GoogleAuth({ scopes: [SCOPE] }).getAccessToken().catch(() => undefined);
  if (typeof token === "string" && token !== "") return token;
  throw new ApiError(
    "there are no credentials: run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_OAUTH_ACCESS_TOKEN",
  );
}
