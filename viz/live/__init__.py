"""`chalkgrad watch`: the step page of a script, which follows the script as it is saved, for this machine's browser.

files     what a run depends on, looked at again and again
child     a run, in a process of its own, which may fail, crash or never end
process   starts that process, and stops it
shown     what there is to see: the page of the last run that succeeded, and how the newest one stands
server    serves that, on loopback only
watch     all of it together
"""
