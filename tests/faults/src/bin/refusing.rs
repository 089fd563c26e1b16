//! `refusing ERRNO BYTES PROGRAM …`: becomes the program, in a system that lets no file be written, or looked up to be
//! written, from so many bytes on, and says this error. So a file system that has turned read-only, a broken disk and a
//! quota can be had without any.

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
    let mut number = || -> u64 {
        let argument = arguments.next().expect("an argument");
        let text = argument.to_str().expect("a number");
        text.parse().expect("a number")
    };
    let (errno, bytes) = (number(), number());
    // Where the offset stands among the arguments of each.
    let calls = [(libc::SYS_lseek, 1), (libc::SYS_pwrite64, 3)];
    let rules: BTreeMap<_, _> = calls
        .into_iter()
        .map(|(call, place)| {
            let size = SeccompCmpArgLen::Qword;
            let beyond = SeccompCondition::new(place, size, SeccompCmpOp::Ge, bytes);
            let rule = SeccompRule::new(vec![beyond.expect("a condition")]);
            (call, vec![rule.expect("a rule")])
        })
        .collect();
    let errno = u32::try_from(errno).expect("an error's number");
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
