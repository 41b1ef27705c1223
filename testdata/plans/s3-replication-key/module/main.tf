provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "orders" {
  source = "./modules/replicated"

  providers = {
    aws         = aws
    aws.replica = aws.frankfurt
  }
}
