//! `refusing ERRNO BYTES PROGRAM …`: becomes the program, in a system that lets no file be written, or looked up to be
//! written, from so many bytes on, and says this error. So a file system that has turned read-only, a broken disk and a
//! quota can be had without any. `sync` for BYTES: all can be written, and nothing be brought to the disk.

#[cfg(target_os = "linux")]
fn main() {
    use std::collections::BTreeMap;
    use std::env;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    let mut arguments = env::args_os().skip(1);
    let mut word = || -> String {
        let argument = arguments.next().expect("an argument");
        argument.into_string().expect("a number or a word")
    };
    let errno: u32 = word().parse().expect("an error's number");
    let what = word();
    let rules: BTreeMap<_, _> = if what == "sync" {
        // Whatever the file: no rule is every call.
        [libc::SYS_fsync, libc::SYS_fdatasync]
            .map(|call| (call, Vec::new()))
            .into()
    } else {
        let bytes: u64 = what.parse().expect("a number");
        // Where the offset stands among the arguments of each.
        [(libc::SYS_lseek, 1), (libc::SYS_pwrite64, 3)]
            .map(|(call, place)| {
                let size = SeccompCmpArgLen::Qword;
                let beyond = SeccompCondition::new(place, size, SeccompCmpOp::Ge, bytes);
                let rule = SeccompRule::new(vec![beyond.expect("a condition")]);
                (call, vec![rule.expect("a rule")])
            })
            .into()
    };
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(errno),
        env::consts::ARCH.try_into().expect("a known processor"),
    );
    let filter: BpfProgram = filter
        .and_then(TryInto::try_into)
        .expect("a filter for the system");
    apply_filter(&filter).expect("the system takes it");
    let error = Command::new(arguments.next().expect("a program"))
        .args(arguments)
        .exec();
    panic!("{error}");
}

/// Elsewhere nothing like it is tried.
#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("Linux only");
}
