/** A module of its own, loaded by the runs that need it: undici is a third of everything that is published. */
export { Client } from "undici";
