# fish completion for simutrador: asks the program, so it cannot drift.
function __simutrador_complete
	set -l words (commandline -opc)
	set -l program $words[1]
	set -e words[1]
	set -l current (commandline -ct)
	for line in ($program __complete $words "$current" 2>/dev/null)
		if test "$line" = ':files'
			set -l part (string match -r '^(--[^=]*=)(.*)$' -- $current)
			if set -q part[3]
				for path in (__fish_complete_path "$part[3]")
					echo "$part[2]$path"
				end
			else
				__fish_complete_path "$current"
			end
		else
			echo $line
		end
	end
end
complete -c simutrador -f -a '(__simutrador_complete)'
