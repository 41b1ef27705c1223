//! Outputs of a module that another module gets as a whole.

use crate::expressions::Expression;
use crate::leaves::Leaves;
use crate::modules::ModuleId;
use crate::references::{Reference, Step, Subject, written};
use crate::resolver::Resolver;

impl Resolver<'_, '_> {
    /// What `steps` lead to in the variable `name` of `module`, if its argument is another module and nothing else, as in
    /// `keys = module.keys`: then `var.keys.arn` is the output `arn`.
    pub(crate) fn output_in_variable(
        &self,
        module: ModuleId,
        name: &str,
        steps: &[Step<'_>],
        depth: usize,
    ) -> Option<Leaves> {
        let caller = self.instances.modules.get(module)?.caller.as_ref()?;
        let arguments = self.cache.get(caller.call?.expressions);
        let Expression::References(references) = arguments.get(name)? else { return None };
        let [only] = written(references)[..] else { return None };
        let reference = Reference::parse(only.text);
        let Subject::Module(called) = reference.subject else { return None };
        let all: Vec<_> = reference.steps.iter().chain(steps).cloned().collect();
        let (children, rest) = self.instances.modules.select(caller.module, called, &all, None);
        let ([child], Some((Step::Attribute(output), rest))) = (&*children, rest.split_first()) else {
            return None;
        };
        let is_whole = reference.steps.iter().all(|step| matches!(step, Step::Index(_)));
        let has_output = |config: &crate::configuration::ModuleConfig<'_>| {
            config.outputs.as_ref().is_some_and(|outputs| outputs.get(output).is_some())
        };
        let known = self.instances.modules.get(*child)?.config.is_some_and(has_output);
        (is_whole && known).then(|| self.output(*child, output, depth).follow(rest, self.instances))
    }
}
