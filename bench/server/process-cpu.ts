/** CPU of this process and all its threads so far, in microseconds. */
export function cpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
