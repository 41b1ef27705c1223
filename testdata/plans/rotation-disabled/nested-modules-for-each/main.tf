provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "team" {
  source   = "./team"
  for_each = { carts = true, orders = false }

  keys = {
    data = { rotation = each.value }
    logs = {}
    keys = { rotation = each.value, spec = "RSA_2048" }
  }

  providers = {
    aws.keys = aws.frankfurt
  }
}
