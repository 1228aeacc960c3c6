package keystone.agent.supervisor;

import keystone.agent.json.Json;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;

/// An identity on the control socket: `{author: {name, email}, committer: {name, email}}`.
final class IdentityFormat {
    private IdentityFormat() {}

    static Json.Obj write(GitIdentity identity) {
        return Json.object()
                .with("author", write(identity.author()))
                .with("committer", write(identity.committer()));
    }

    private static Json.Obj write(Person person) {
        return Json.object().with("name", person.name()).with("email", person.email());
    }

    static GitIdentity read(Json.Obj json) {
        return new GitIdentity(person(json.object("author")), person(json.object("committer")));
    }

    private static Person person(Json.Obj json) {
        return new Person(json.string("name"), json.string("email"));
    }
}
