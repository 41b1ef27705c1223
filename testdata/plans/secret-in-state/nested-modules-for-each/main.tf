provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  provider = aws.frankfurt

  enable_key_rotation = true
}

module "team" {
  source   = "./team"
  for_each = { carts = ["api", "database"], orders = ["database"] }

  key   = aws_kms_key.app.key_id
  names = each.value

  providers = {
    aws = aws.frankfurt
  }
}
