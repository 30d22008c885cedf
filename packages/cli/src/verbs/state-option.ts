import { InvalidArgumentError, Option } from 'commander'

/** `--state` with the words of OpenVEX, which have an underscore; with a hyphen they are taken too. */
export function stateOption<State extends string>(description: string, states: readonly State[]): Option {
  return new Option('--state <state>', description).choices(states).argParser((text): State => {
    const found = states.find((each) => each === text.replaceAll('-', '_'))
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${states.join(', ')}.`)
    return found
  })
}
