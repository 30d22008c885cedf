/** `comity case`: commitments carried out step by step, with clocks. */
import type { Command } from 'commander'
import { collect, example, type Register } from '../registrar.ts'
import { dueCases, listCases, showCase } from './case-list.ts'
import { makeMove, openCase } from './case-move.ts'
import { showProcedures } from './case-procedures.ts'
import { withFilingOptions } from './filing-options.ts'

export const registerCase: Register = (program, { run }) => {
  const family = program
    .command('case')
    .summary('open, answer and follow cases: disputes, decisions, help and more')
    .description(
      'A case is one run of a procedure: parties in roles make moves, states follow, clocks run. Every move is a signed statement. It is filed in the log where its author is at home, which keeps deadlines, and takes effect at the seat of the case.',
    )
    .addHelpText('after', example('comity case procedures', 'comity case list --mine --open'))
  family
    .command('procedures [name]')
    .summary('what can be opened, and what each move says')
    .description(
      'Lists the procedures; or shows one: its roles, states, moves and clocks with their sources; or, with --move, what one of its moves has to say. No node is asked.',
    )
    .option('--move <move>', 'the fields of this move')
    .option('--diagram', 'its states and moves as a Mermaid diagram')
    .addHelpText('after', example('comity case procedures dispute', 'comity case procedures dispute --move notify'))
    .action(run(showProcedures))
  withMoveOptions(family.command('open <procedure> <name>'))
    .summary('open a case')
    .description(
      'Opens a case of a procedure under a name of your choice: a to z, digits, "." and "-". What the opening has to say is shown by "comity case procedures PROCEDURE --move MOVE". The moves of the case take effect in its seat: your own log, or that of the party which the procedure names.',
    )
    .option('--move <move>', 'the opening move, where the procedure has several')
    .option('--place <zone[,State]>', 'where its clocks run: Africa/Nairobi,KE (UTC)')
    .addHelpText(
      'after',
      example(
        'comity case open dispute builds --body notice.json --place Africa/Nairobi',
        'comity case open capacity training --move need --body need.json --dry-run',
      ),
    )
    .action(run(openCase))
  withMoveOptions(family.command('move <case> <move>'))
    .summary('make a move: answer, reply, agree, end')
    .description(
      'Makes a move in a case: one of its procedure, or one that every case has (reply, withdraw, propose, accept). What is possible now, and for whom, is shown by "comity case show"; what a move says, by "comity case procedures NAME --move MOVE". A move that is not possible is not filed.',
    )
    .option('--anyway', 'file it though it does not seem possible: the seat decides')
    .addHelpText(
      'after',
      example(
        'comity case move builds acknowledge --set text="We look into it."',
        'comity case move builds reply --set text=@reply.txt --wait',
      ),
    )
    .action(run(makeMove))
  family
    .command('show <case>')
    .summary('how a case stands: state, parties, clocks, what is possible')
    .description(
      'Shows a case as your node knows it: its state, its parties by role, its clocks with deadline, hour, zone and source, what is possible now and for whom, and its history. A case is named by its URN, its name, or as lists show it: 3f2a9c1d…:builds.',
    )
    .addHelpText('after', example('comity case show builds', 'comity case show 3f2a9c1d:builds --json'))
    .action(run(showCase))
  family
    .command('list')
    .summary('list cases')
    .description('Lists the cases that your node knows: its own, and those of the logs that it follows.')
    .option('--procedure <name>', 'of one procedure: dispute, dispute/1')
    .option('--party <party>', 'in which a party has a part')
    .option('--mine', 'in which the party that you sign for has a part')
    .option('--role <role>', 'in which that party has this part')
    .option('--state <state>', 'in this state')
    .option('--provision <id>', 'that serve a provision, such as code-k')
    .option('--open', 'that go on')
    .option('--ended', 'that have ended')
    .option('--limit <n>', 'how many', '50')
    .addHelpText('after', example('comity case list --mine --open', 'comity case list --procedure dispute'))
    .action(run(listCases))
  family
    .command('due')
    .summary('clocks that run out soon, and those that have')
    .description(
      'Lists clocks that run out, the next first, with those that lapsed without an answer. A lapse decides nothing: it says what may be done then.',
    )
    .option('--until <time>', 'up to then: 14d, 2026-12-31, 2026-12-31T12:00:00Z (7d)')
    .option('--party <party>', 'that bind this party')
    .option('--mine', 'that bind the party that you sign for')
    .option('--limit <n>', 'how many', '50')
    .addHelpText('after', example('comity case due --mine', 'comity case due --until 30d'))
    .action(run(dueCases))
}

function withMoveOptions(command: Command): Command {
  return withFilingOptions(
    command
      .option('--set <field=value>', 'a field of what it says (repeatable); @FILE reads one', collect)
      .option('--body <file>', 'what it says as JSON; "-" is standard input')
      .option('--document <file>', 'a file that comes with it (repeatable)', collect)
      .option('--dry-run', 'show what would be signed, and sign nothing')
      .option('--at <time>', 'of a private case: sign it now, file it then, as 2026-12-15T15:00:00Z')
      .option('--wait [seconds]', 'wait until the seat has taken or refused it (60)')
      .option('--seat <url>', "the seat's node, where it does not follow your log")
      .option('--seat-token-file <file>', 'the token to file there'),
  )
}
