import { pluralsOf } from "../plural.ts";

export const plural = pluralsOf("de");

/** Eine Dauer nach „nach“ oder „von“: „7 Tage“ wird zu „7 Tagen“. */
export const dative = (duration: string): string => String(duration).replace(/(Tage|Monate|Jahre)$/, "$1n");
