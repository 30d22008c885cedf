/** The origin of the i-th log that a witness under test knows. */
export function witnessedOrigin(i: number): string {
  return `log.example.org/witnessed/${i}`
}
