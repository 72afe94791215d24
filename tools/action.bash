# What the steps of action.yml share.

# Where pip has put kerascheck: another folder on Windows.
bin=$RUNNER_TEMP/kerascheck/bin
if [ -d "$RUNNER_TEMP/kerascheck/Scripts" ]; then bin=$RUNNER_TEMP/kerascheck/Scripts; fi

# Adds the words of a text to `command`. Quotes are understood, nothing else is.
add_words() {
  local words word
  if [[ ! $1 =~ [^[:space:]] ]]; then return 0; fi
  words=$(printf '%s' "$1" | xargs -n 1 printf '%s\n') || return
  while IFS= read -r word; do if [ -n "$word" ]; then command+=("$word"); fi; done <<< "$words"
}
