# two builds of the same sources give the same jars, byte for byte
for module in actor-core rollout-workers trainer deploy; do
  jars=("$module"/target/"$module"-*.jar "$module"/target/notices/"$module"-*.jar)
  if [ ${#jars[@]} -ne 2 ] || [ ! -f "${jars[0]}" ] || [ ! -f "${jars[1]}" ]; then
    die "two builds of $module to compare are missing: run the steps build and notices first"
  fi
  cmp "${jars[@]}"
done
