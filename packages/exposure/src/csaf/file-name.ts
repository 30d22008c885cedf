/**
 * The file name of a CSAF document (CSAF 2.0, section 5.1): the tracking identifier in lower case, every run of other
 * characters than `a`–`z`, `0`–`9`, `+` and `-` as one underscore, and `.json`.
 *
 *     RHBA-2019:0024              rhba-2019_0024.json
 *     2022_#01-A                  2022_01-a.json
 *     Example Company - 2019-YH3  example_company_-_2019-yh3.json
 */
export function csafFileName(trackingId: string): string {
  return `${trackingId.toLowerCase().replaceAll(/[^+\-a-z0-9]+/g, '_')}.json`
}
