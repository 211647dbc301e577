import { contractOfRelease } from "../../../contract/release.ts";
import type { Release, ReleaseEntry } from "../../../contract/release.ts";
import { moveEnded, promoted, rolledBack, withoutEnded } from "../../../contract/release-moves.ts";
import { VERSION } from "../../../contract/version.ts";
import { EXIT_CODE } from "../../gate/verdict.ts";
import { UsageError } from "../context.ts";
import type { Course } from "./course.ts";
import { StoppedError } from "./going.ts";
import type { Going } from "./going.ts";
import { look } from "./look.ts";
import type { Built } from "./look.ts";
import { outputsOf, resourcesInState } from "./outputs-of.ts";
import type { InState, StackOutputs } from "./outputs-of.ts";
import { ReleaseFile, candidateIn } from "./release-file.ts";
import { stage } from "./stage.ts";
import type { Planned } from "./stage.ts";
import { destroying, onward, rollback } from "./ways.ts";

/**
 * `promotion: preview`: an apply that brings the candidate beside what is live, a look at it on the preview edge, and an
 * apply that makes it live. What is live changes only by `release.json`, and only to what was proved.
 */
export async function deployPreview(course: Course): Promise<void> {
  const { going } = course;
  const file = new ReleaseFile(going);
  const trimmed = trim(file, going.context.now());
  const first = await applyCandidate(course, file, trimmed);
  const outputs = await outputsOf(first.folder, going);
  course.answers(outputs);
  const candidate = candidateIn(first.folder);
  const release = trimmed ?? begin(file, candidate, going.context.now());
  if (candidate.stamp === release.live.stamp) return verify(course, release, outputs);
  const proved = await prove(course, candidate, outputs);
  const after = promoted(release, proved, going.context.now());
  await move(course, { name: "promotion", file, before: release, after, back: rollback(going) });
}

/** Makes live again what was live before; the candidate stays what it is. */
export async function goBack(course: Course): Promise<void> {
  const { going } = course;
  const file = new ReleaseFile(going);
  const release = file.read();
  if (release === undefined) throw new UsageError(`${file.path} has no release of ${going.stack} to go back from`);
  // One that was begun and did not come to its end is brought there: the same command must not go back twice.
  const isBegun = release.kept[0]?.withdrawn === true;
  const moved = isBegun ? release : rolledBack(release, going.context.now());
  if (moved === undefined)
    throw new UsageError(
      `no earlier release of ${going.stack} is kept in ${file.path}; take that file from an earlier commit and deploy`,
    );
  const back = onward({ ...going, options: { ...going.options, rollback: false } });
  await move(course, { name: "rollback", file, before: release, after: moved, back });
}

function backFrom(release: Release | undefined, folder: string, going: Going): string | null {
  if (release === undefined) return destroying(folder, going);
  return release.kept.some(({ withdrawn }) => withdrawn !== true) ? rollback(going) : null;
}

/** Lets go what holds no socket any more. */
function trim(file: ReleaseFile, now: Date): Release | undefined {
  const release = file.read();
  if (release === undefined) return undefined;
  const trimmed = withoutEnded(release, now);
  if (
    trimmed.kept.length !== release.kept.length ||
    trimmed.kept.some(({ until }, at) => until !== release.kept[at]?.until)
  )
    file.write(trimmed);
  return trimmed;
}

/** From the first apply on, nothing that users meet changes without a proof. */
function begin(file: ReleaseFile, candidate: ReleaseEntry, now: Date): Release {
  const release = promoted(undefined, candidate, now);
  file.write(release);
  return release;
}

async function applyCandidate(course: Course, file: ReleaseFile, release: Release | undefined): Promise<Planned> {
  const { going } = course;
  const planned = await stage(
    {
      name: "candidate",
      ...(release === undefined && { planFlags: (folder: string) => startingAgain(folder, file, going) }),
      check: (next) => {
        course.ways({ on: onward(going), back: backFrom(release, next.folder, going) });
        if (release !== undefined) refuseMoves(next, release, course);
      },
    },
    going,
  );
  course.planned(planned);
  return planned;
}

/** Remembers the very first release that was applied (`stacks/environment-stack.ts`). */
const FIRST = "terraform_data.headgate-first";

/**
 * Flags with which a first apply that did not come to its end is begun again, with whatever the contract says now: nothing
 * serves yet, so nothing is to be protected.
 * Where a whole edge stands, the file that says what is live was lost, and Terraform takes only what was applied first.
 */
async function startingAgain(folder: string, file: ReleaseFile, going: Going): Promise<string[]> {
  const resources = await resourcesInState(folder, going);
  if (!resources.some(({ address }) => address === FIRST)) return [];
  if (resources.filter(servesUsers).length < LISTENERS) return [`-replace=${FIRST}`];
  going.journal.say(
    `${file.path} has no release of ${going.stack}, and its edge stands: only what was applied first passes`,
  );
  return [];
}

/** Of a whole public edge: one for IPv4, and one for IPv6. */
const LISTENERS = 2;

function servesUsers({ type, values }: InState): boolean {
  const { port_range: ports, labels } = values as { port_range?: string; labels?: Record<string, string> | null };
  return (
    type === "google_compute_global_forwarding_rule" &&
    /^443(-443)?$/.test(ports ?? "") &&
    labels?.["headgate-edge"] !== "preview"
  );
}

/**
 * Nothing that production answers may change beside a candidate. What this tool builds from a release is what was proved, and
 * an apply that was cut off may finish it; another version may build the same release in another way, which is noticed here alone.
 */
function refuseMoves({ review }: Planned, { live }: Release, course: Course): void {
  const { seal, journal } = course.going;
  if (review.outcomes.length === 0 || live.tool === VERSION) return;
  const what = `${review.outcomes.length} outcomes of the public edge would change beside the candidate: headgate ${live.tool} built what is live, and this is ${VERSION}`;
  if (seal.override === undefined)
    throw new StoppedError(
      EXIT_CODE["contract-broken"],
      `${what}; nothing was applied. Deploy with headgate ${live.tool}, or with HEADGATE_OVERRIDE`,
    );
  course.overrideReview(seal.override);
  journal.say(`${what}; OVERRIDDEN by ${seal.override.owner}: ${seal.override.reason}`);
}

async function prove(course: Course, candidate: ReleaseEntry, outputs: StackOutputs): Promise<ReleaseEntry> {
  const { going, places } = course;
  const { contract, environment, journal, seal, stack, context } = going;
  const looking = { edge: "preview", contract, environment, stamp: candidate.stamp, outputs, places } as const;
  const result = await journal.phase("look at the preview edge", () => look(looking, going));
  if (result === undefined) throw new StoppedError(EXIT_CODE.inconclusive, "the preview edge was not looked at");
  return { ...candidate, proof: seal.proof(candidate.stamp, result.run.id, stack, context.now()) };
}

interface Move {
  readonly name: "promotion" | "rollback";
  readonly file: ReleaseFile;
  readonly before: Release;
  readonly after: Release;
  /** The command that undoes it. */
  readonly back: string;
}

/** Makes another release live, and looks at it. */
async function move(course: Course, { name, file, before, after, back }: Move): Promise<void> {
  const { going } = course;
  file.write(after);
  // Where Terraform is never asked to, nothing is to become live by somebody else's next apply.
  let standing = (): Release => before;
  const check = ({ review }: Planned): void => {
    standing = () => (review.changes.length === 0 ? after : moveEnded(after, going.context.now()));
    course.ways({ on: onward(going), back });
  };
  try {
    const planned = await stage({ name, check }, going);
    course.planned(planned);
    const outputs = await outputsOf(planned.folder, going);
    course.answers(outputs);
    await verify(course, after, outputs);
  } finally {
    file.write(standing());
  }
}

async function verify({ going, places }: Course, { live }: Release, outputs: StackOutputs): Promise<void> {
  const { options, journal } = going;
  if (!options.verify) return;
  const built: Built = { ...contractOfRelease(live, going.contract.file), stamp: live.stamp };
  await journal.phase("look at the public edge", () => look({ edge: "public", ...built, outputs, places }, going));
}
