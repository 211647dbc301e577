/** Which instrument sends: the client libraries where they can, or the raw prober for every case. */
export const PROBER_CHOICES = ["library", "raw"] as const;
export type ProberChoice = (typeof PROBER_CHOICES)[number];
