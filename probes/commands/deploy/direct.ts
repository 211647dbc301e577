import { look } from "./look.ts";
import type { Course } from "./course.ts";
import { outputsOf } from "./outputs-of.ts";
import { stage } from "./stage.ts";
import { keepDeployed, waysOf } from "./ways.ts";

/** `promotion: direct`: one apply behind the gate, and a look at the edge after it. */
export async function deployDirect(course: Course): Promise<void> {
  const { going, places } = course;
  const { contract, environment, options, journal } = going;
  const planned = await stage(
    { name: "deploy", check: ({ shown, folder }) => course.ways(waysOf(shown, folder, going)) },
    going,
  );
  course.planned(planned);
  keepDeployed(planned.shown, planned.folder, going);
  const outputs = await outputsOf(planned.folder, going);
  course.answers(outputs);
  if (!options.verify) return;
  const { stamp } = outputs.answering;
  await journal.phase("look at the public edge", () =>
    look({ edge: "public", contract, environment, stamp, outputs, places }, going),
  );
}
